//! Parameters and columns on the wire of PostgreSQL.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::row::Cell;
use crate::{Row, StoreError, Value};

/// Takes the type that the server inferred. Null fits everywhere.
impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(value) => match *ty {
                Type::INT8 => value.to_sql(ty, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
                Type::INT2 => i16::try_from(*value)?.to_sql(ty, out),
                _ => Err(mismatch("an integer", ty)),
            },
            Value::Text(value) if is_text(ty) => value.as_ref().to_sql(ty, out),
            Value::Text(_) => Err(mismatch("text", ty)),
            Value::Blob(value) if *ty == Type::BYTEA => value.as_ref().to_sql(ty, out),
            Value::Blob(_) => Err(mismatch("bytes", ty)),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn mismatch(given: &str, ty: &Type) -> Box<dyn Error + Sync + Send> {
    format!("{given} for a parameter of type {ty}").into()
}

fn is_text(ty: &Type) -> bool {
    matches!(*ty, Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN)
}

pub(super) fn read_row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let cells = (0..row.len()).map(|column| read_cell(row, column)).collect::<Result<_, _>>()?;
    Ok(Row::new(cells))
}

fn read_cell(row: &tokio_postgres::Row, column: usize) -> Result<Cell, StoreError> {
    let ty = row.columns()[column].type_();
    let cell = match *ty {
        Type::INT8 => row.try_get::<_, Option<i64>>(column).map(|value| value.map(Cell::Int)),
        Type::INT4 => row.try_get::<_, Option<i32>>(column).map(|value| value.map(|number| Cell::Int(number.into()))),
        Type::INT2 => row.try_get::<_, Option<i16>>(column).map(|value| value.map(|number| Cell::Int(number.into()))),
        Type::BOOL => row.try_get::<_, Option<bool>>(column).map(|value| value.map(|flag| Cell::Int(flag.into()))),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column).map(|value| value.map(Cell::Blob)),
        _ if is_text(ty) => row.try_get::<_, Option<String>>(column).map(|value| value.map(Cell::Text)),
        _ => {
            return Err(StoreError::Corrupt(format!("column {column} has the type {ty}")));
        }
    };
    match cell {
        Ok(cell) => Ok(cell.unwrap_or(Cell::Null)),
        Err(error) => Err(StoreError::Corrupt(format!("column {column}: {error}"))),
    }
}
