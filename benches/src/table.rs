//! Tables: as text, as JSON, as charts.

use crate::limits::Verdict;
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What the numbers of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Instructions in user space.
    Instructions,
    /// Nanoseconds.
    Nanoseconds,
    /// Bytes.
    Bytes,
}

impl Unit {
    /// As a heading.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Instructions => "instructions in user space",
            Self::Nanoseconds => "time",
            Self::Bytes => "size",
        }
    }

    /// A number with its unit.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        /// To three digits.
        fn digits(value: f64) -> String {
            let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
            format!("{value:.places$}")
        }
        match self {
            Self::Instructions => format!("{value:.0}"),
            Self::Nanoseconds if value < 1e3 => format!("{} ns", digits(value)),
            Self::Nanoseconds if value < 1e6 => format!("{} µs", digits(value / 1e3)),
            Self::Nanoseconds if value < 1e9 => format!("{} ms", digits(value / 1e6)),
            Self::Nanoseconds => format!("{} s", digits(value / 1e9)),
            Self::Bytes => format!("{} KiB", digits(value / 1024.0)),
        }
    }
}

/// Rows are ways to do something, columns are sizes. The first row is what the others are held against.
#[derive(Debug)]
pub struct Table {
    /// Which command made it.
    pub command: &'static str,
    /// What is done.
    pub title: String,
    /// What the numbers are.
    pub unit: Unit,
    /// Sizes.
    pub columns: Vec<String>,
    /// Ways.
    pub rows: Vec<Row>,
}

/// One way, in each size that it has.
#[derive(Debug)]
pub struct Row {
    /// Its name.
    pub form: String,
    /// One for each column.
    pub cells: Vec<Option<Cell>>,
}

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// The number.
    pub value: f64,
    /// The quartiles of its ratio to the first row's, where they were measured together again and again.
    pub ratios: Option<[f64; 3]>,
    /// Heap allocations.
    pub allocations: Option<f64>,
    /// The number's limit.
    pub limit: Option<f64>,
    /// What became of its limits.
    pub verdict: Verdict,
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self { value, ratios: None, allocations: None, limit: None, verdict: Verdict::Kept }
    }
}

impl Table {
    /// Whether nothing in the column is cheaper, to what is shown.
    fn cheapest(&self, column: usize, cell: &Cell) -> bool {
        let values = self.rows.iter().filter_map(|row| row.cells[column]).map(|cell| cell.value);
        let least = values.fold(f64::INFINITY, f64::min);
        self.rows.len() > 1 && self.unit.show(cell.value) == self.unit.show(least)
    }

    /// What the cell is to the first row: how many instructions more, otherwise how many times as much.
    pub(crate) fn compared(&self, row: usize, column: usize, cell: &Cell) -> String {
        match self.rows[0].cells[column] {
            Some(base) if row > 0 => match (self.unit, cell.ratios) {
                (Unit::Instructions, _) => format!("{:+.0}", cell.value - base.value),
                (_, Some([_, ratio, _])) => format!("×{ratio:.2}"),
                (_, None) => format!("×{:.2}", cell.value / base.value),
            },
            _ => String::new(),
        }
    }

    fn cell(&self, row: usize, column: usize) -> String {
        let Some(cell) = self.rows[row].cells[column] else { return "-".to_owned() };
        let mut out = String::new();
        out += match cell.verdict {
            Verdict::Kept => "",
            Verdict::NotYet => "~",
            Verdict::Broken => "!",
        };
        out += if self.cheapest(column, &cell) { "*" } else { "" };
        out += &self.unit.show(cell.value);
        let compared = self.compared(row, column, &cell);
        if !compared.is_empty() {
            let _ = write!(out, " ({compared}");
            if let Some([low, _, high]) = cell.ratios {
                let _ = write!(out, ", {low:.2}–{high:.2}");
            }
            out += ")";
        }
        out
    }

    /// Lines of text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = format!("\n{} ({})\n{:<25}", self.title, self.unit.name(), "");
        let cells: Vec<Vec<String>> = (0..self.rows.len())
            .map(|row| (0..self.columns.len()).map(|column| self.cell(row, column)).collect())
            .collect();
        let longest = cells.iter().flatten().chain(&self.columns).map(|text| text.chars().count()).max().unwrap_or(0);
        let width = longest + 3;
        let counted = self.rows.iter().flat_map(|row| &row.cells).flatten().any(|cell| cell.allocations.is_some());
        self.columns.iter().for_each(|column| _ = write!(out, "{column:>width$}"));
        out += if counted { "   allocations\n" } else { "\n" };
        for (row, cells) in self.rows.iter().zip(&cells) {
            let _ = write!(out, "  {:<23}", row.form);
            cells.iter().for_each(|cell| _ = write!(out, "{cell:>width$}"));
            let mut allocations: Vec<_> = row.cells.iter().flatten().filter_map(|cell| cell.allocations).collect();
            allocations.dedup();
            let allocations: Vec<_> = allocations.iter().map(f64::to_string).collect();
            out += format!("   {}", allocations.join(" ")).trim_end();
            out += "\n";
        }
        out
    }

    /// An object for each cell.
    #[must_use]
    pub fn json(&self) -> Vec<Value> {
        let mut objects = Vec::new();
        for (row_number, row) in self.rows.iter().enumerate() {
            for (column, size) in self.columns.iter().enumerate() {
                let Some(cell) = row.cells[column] else { continue };
                let base = self.rows[0].cells[column].filter(|_| row_number > 0);
                objects.push(json!({
                    "command": self.command,
                    "what": self.title,
                    "form": row.form,
                    "size": size,
                    "unit": match self.unit {
                        Unit::Instructions => "instructions",
                        Unit::Nanoseconds => "ns",
                        Unit::Bytes => "bytes",
                    },
                    "value": cell.value,
                    "base": base.map(|base| base.value),
                    "ratio": cell.ratios.map(|ratios| ratios[1]).or(base.map(|base| cell.value / base.value)),
                    "ratio_quartiles": cell.ratios.map(|[low, _, high]| [low, high]),
                    "allocations": cell.allocations,
                    "cheapest": self.cheapest(column, &cell),
                    "limit": cell.limit,
                    "kept": cell.verdict == Verdict::Kept,
                }));
            }
        }
        objects
    }

    /// A chart.
    #[must_use]
    pub fn svg(&self) -> String {
        crate::chart::draw(self)
    }

    /// The name of the chart's file, without its extension.
    #[must_use]
    pub fn file_name(&self) -> String {
        let mut name = self.command.to_owned();
        for word in self.title.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            name.push('-');
            name += &word.to_ascii_lowercase();
        }
        name
    }
}
