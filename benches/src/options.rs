//! What every command understands, and how it shows its tables.

use crate::cases::{self, BY_HAND, Case};
use crate::table::Table;
use pico_args::Arguments;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

/// How the tables are shown, and of which cases.
#[derive(Debug)]
pub struct Options {
    /// `--json`
    pub json: bool,
    /// `--svg DIR`
    pub svg: Option<PathBuf>,
    /// `--only TEXT`
    pub only: String,
}

impl Options {
    /// Takes them out of the arguments.
    ///
    /// # Errors
    ///
    /// An option lacks its value.
    pub fn from(arguments: &mut Arguments) -> Result<Self, pico_args::Error> {
        Ok(Self {
            json: arguments.contains("--json"),
            svg: arguments.opt_value_from_str("--svg")?,
            only: arguments.opt_value_from_str("--only")?.unwrap_or_default(),
        })
    }

    /// The cases of some kind with the text in their name, and those that they are held against.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn choose(&self, eligible: impl Fn(&Case) -> bool) -> Result<Vec<Case>, String> {
        let all: Vec<Case> = cases::all().into_iter().filter(|case| eligible(case)).collect();
        let chosen = |case: &Case| case.name().contains(&self.only);
        if !all.iter().any(chosen) {
            return Err(format!("no case has `{}` in its name: `--list` names them", self.only));
        }
        let base = |case: &Case| case.form == BY_HAND && all.iter().any(|other| chosen(other) && other.beside(case));
        Ok(all.iter().filter(|case| chosen(case) || base(case)).copied().collect())
    }

    /// Prints the tables, and draws them where that was asked for.
    ///
    /// # Errors
    ///
    /// A chart cannot be written.
    pub fn show(&self, tables: &[Table]) -> std::io::Result<()> {
        if self.json {
            println!("{:#}", serde_json::Value::Array(tables.iter().flat_map(Table::json).collect()));
        } else {
            tables.iter().for_each(|table| print!("{}", table.text()));
        }
        if let Some(folder) = &self.svg {
            fs::create_dir_all(folder)?;
            for table in tables {
                fs::write(folder.join(format!("{}.svg", table.file_name())), table.svg())?;
            }
        }
        Ok(())
    }
}

/// Says what is wrong with the arguments.
pub fn wrong(what: &dyn std::fmt::Display, help: &str) -> ExitCode {
    eprintln!("{what}\n\n{help}");
    ExitCode::from(2)
}
