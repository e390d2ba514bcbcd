//! A chart of a table: a panel for each column, a bar for each row, a line where the first row ends.

use crate::table::Table;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: i32 = 1000;
/// The names of the rows.
const LEFT: i32 = 190;
/// Title and the names of the columns.
const TOP: i32 = 66;
const ROW: i32 = 24;
/// At the right of each panel, for the longest bar's number.
const NUMBER: i32 = 104;

/// Readable on white and on black; the style sheet makes it better on either.
const TEXT: RGBColor = RGBColor(0x7a, 0x82, 0x8c);
const BASE: RGBColor = RGBColor(0x8b, 0x94, 0x9e);
const OURS: RGBColor = RGBColor(0x2f, 0x81, 0xf7);
const PEERS: RGBColor = RGBColor(0xd2, 0x99, 0x22);

const STYLE: &str = "<style>@media(prefers-color-scheme:light){text{fill:#1f2328}}\
    @media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>";

pub(crate) fn draw(table: &Table) -> String {
    let height = TOP + ROW * table.rows.len() as i32 + 10;
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (WIDTH as u32, height as u32)).into_drawing_area();
        // Drawing into a string does not fail.
        draw_on(&area, table).and_then(|()| area.present()).expect("a chart");
    }
    let heading = svg.find('>').map_or(0, |end| end + 1);
    svg.insert_str(heading, &format!("<title>{}</title>{STYLE}", heading_of(table)));
    svg
}

fn heading_of(table: &Table) -> String {
    format!("{}: {}, less is better", table.title, table.unit.name())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

fn draw_on<'a>(
    area: &Area<'a>,
    table: &Table,
) -> Result<(), DrawingAreaErrorKind<<SVGBackend<'a> as DrawingBackend>::ErrorType>> {
    let write = |text: String, x, y, size: i32, align| {
        let style = ("sans-serif", size).into_font().color(&TEXT).pos(Pos::new(align, VPos::Center));
        area.draw(&Text::new(text, (x, y), style))
    };
    let middle = |row: usize| TOP + ROW * row as i32 + ROW / 2;
    write(heading_of(table), 8, 16, 17, HPos::Left)?;
    for (row, line) in table.rows.iter().enumerate() {
        write(line.form.clone(), LEFT - 10, middle(row), 14, HPos::Right)?;
    }
    let panel = (WIDTH - LEFT) / table.columns.len() as i32;
    for (column, name) in table.columns.iter().enumerate() {
        let left = LEFT + panel * column as i32;
        write(name.clone(), left, TOP - 16, 14, HPos::Left)?;
        let values = || table.rows.iter().filter_map(|row| row.cells[column]).map(|cell| cell.value);
        let most = values().fold(0.0, f64::max);
        let end = |value: f64| left + (f64::from(panel - NUMBER) * value / most).round().max(1.0) as i32;
        for (row, line) in table.rows.iter().enumerate() {
            let Some(cell) = line.cells[column] else {
                write("-".to_owned(), left + 4, middle(row), 13, HPos::Left)?;
                continue;
            };
            let colour = match row {
                0 => BASE,
                _ if line.form.starts_with("pin-ffi") => OURS,
                _ => PEERS,
            };
            let corners = [(left, middle(row) - ROW / 2 + 4), (end(cell.value), middle(row) + ROW / 2 - 4)];
            area.draw(&Rectangle::new(corners, colour.filled()))?;
            let number = format!("{} {}", table.unit.show(cell.value), table.compared(row, column, &cell));
            write(number, end(cell.value) + 5, middle(row), 13, HPos::Left)?;
        }
        if let Some(base) = table.rows[0].cells[column] {
            let (x, bottom) = (end(base.value), middle(table.rows.len() - 1) + ROW / 2);
            area.draw(&PathElement::new([(x, TOP), (x, bottom)], BASE.stroke_width(1)))?;
        }
    }
    Ok(())
}
