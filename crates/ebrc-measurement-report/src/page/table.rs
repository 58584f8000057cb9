//! Tables that can be scrolled where they are too wide, and their cells.

use ebrc_artefacts::{Column, ColumnKind, Table, Unit, Value};
use maud::{Markup, html};

use crate::numerals::{NOTHING, bare, counted, grouped, unit_of_heading};

/// More rows are in the file only.
const MOST_ROWS: usize = 50;

/// A table with a name for those who do not see what it stands under.
pub(super) fn framed(name: &str, head: Markup, body: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(name) {
            table.plain {
                caption.unseen { (name) }
                thead { (head) }
                (body)
            }
        }
    }
}

/// A table of an artefact, under its heading; `hidden` are the columns that
/// were left out of it.
pub(super) fn table(table: &Table, stem: &str, hidden: &[String]) -> Markup {
    let file = format!("{stem}.csv");
    let left_out = table.rows.len().saturating_sub(MOST_ROWS);
    let head = html! {
        tr { @for column in &table.columns { (heading(column)) } }
    };
    let body = html! {
        tbody {
            @for row in table.rows.iter().take(MOST_ROWS) {
                tr {
                    @for (place, (column, value)) in table.columns.iter().zip(row).enumerate() {
                        @if place == 0 && is_text(column) {
                            th.text scope="row" { (cell(column, value)) }
                        } @else {
                            td.text[is_text(column)] { (cell(column, value)) }
                        }
                    }
                }
            }
        }
    };
    html! {
        h3 { (table.title) }
        @if table.columns.is_empty() {
            p.soft { "All its columns are addresses." }
        } @else {
            @if table.rows.is_empty() {
                p { "No rows." }
            } @else {
                (framed(&table.title, head, body))
            }
            p.small.soft {
                @if left_out > 0 {
                    (counted(left_out, "more row")) " in "
                }
                a href=(file) { code { (file) } }
            }
        }
        @if !hidden.is_empty() {
            p.small.soft {
                "Left out, since it names persons: "
                @for (number, name) in hidden.iter().enumerate() {
                    @if number > 0 { ", " }
                    code { (name) }
                }
            }
        }
    }
}

fn heading(column: &Column) -> Markup {
    let unit = match column.kind {
        // `mean_days` says its unit already.
        ColumnKind::Number(unit) => {
            unit_of_heading(unit).filter(|_| !says_unit(&column.name, unit))
        }
        ColumnKind::Text | ColumnKind::Date | ColumnKind::Address => None,
    };
    html! {
        th.text[is_text(column)] scope="col" {
            (column.name.replace('_', " "))
            @if let Some(unit) = unit { ", " (unit) }
        }
    }
}

fn says_unit(name: &str, unit: Unit) -> bool {
    let said = match unit {
        Unit::Seconds => "seconds",
        Unit::Days => "days",
        Unit::Count | Unit::Share | Unit::Mean => return false,
    };
    name.split('_').any(|word| word == said)
}

fn is_text(column: &Column) -> bool {
    !matches!(column.kind, ColumnKind::Number(_))
}

fn cell(column: &Column, value: &Value) -> String {
    match (value, column.kind) {
        (Value::Missing, _) => NOTHING.to_owned(),
        (Value::Text(text), _) => text.clone(),
        (Value::Number(number), ColumnKind::Number(unit)) => bare(Some(*number), unit),
        // Such as a rank or a year among words.
        (Value::Number(number), _) if number.fract() == 0.0 => grouped(*number, 0).replace(',', ""),
        (Value::Number(number), _) => number.to_string(),
    }
}
