use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{StoreError, Value};

use crate::{ApiError, ApiResult, Cx};

/// The columns of a document that lists filter on, in order `f1` to `f4`.
pub type Columns = [Option<String>; 4];

/// An object of the API that is stored as the document that callers read.
pub trait Resource: Serialize + DeserializeOwned + Send + Sync {
    /// The `object` of the document and the `kind` column, e.g. `customer`.
    const KIND: &'static str;
    /// What people call it in messages, e.g. `customer`.
    const NOUN: &'static str;

    /// The document's id.
    fn id(&self) -> &str;

    /// What lists filter on.
    fn columns(&self) -> Columns {
        [None, None, None, None]
    }
}

/// A document and the version it was read at; an update that finds another version starts over.
#[derive(Debug, Clone)]
pub struct Stored<R> {
    /// The document.
    pub value: R,
    version: i64,
}

impl<R> std::ops::Deref for Stored<R> {
    type Target = R;
    fn deref(&self) -> &R {
        &self.value
    }
}

impl<R> std::ops::DerefMut for Stored<R> {
    fn deref_mut(&mut self) -> &mut R {
        &mut self.value
    }
}

impl Cx<'_> {
    /// The document's text, if it exists. `deleted` documents are found too.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn raw(&mut self, kind: &str, id: &str) -> ApiResult<Option<String>> {
        let sql = "select doc from objects where tenant = $1 and kind = $2 and id = $3";
        let row = self.row(sql, &[Value::from(kind), Value::from(id)]).await?;
        row.map(|mut row| row.take_text(0)).transpose().map_err(ApiError::from)
    }

    /// The document's text; 404 naming `param` if there is none, with a hint if the other mode has it.
    ///
    /// # Errors
    /// `resource_missing`, and those of the database.
    pub async fn raw_or_missing<R: Resource>(&mut self, id: &str, param: &str) -> ApiResult<String> {
        match self.raw(R::KIND, id).await? {
            Some(doc) => Ok(doc),
            None => Err(self.missing::<R>(id, param).await?),
        }
    }

    /// The error for an id that is not there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn missing<R: Resource>(&mut self, id: &str, param: &str) -> ApiResult<ApiError> {
        let sql = "select 1 from objects where tenant = $1 and kind = $2 and id = $3";
        let other = self.tenant.other_mode();
        let found = self.tx.query_opt(sql, &[Value::from(other.key()), Value::from(R::KIND), Value::from(id)]).await?;
        let shown: String = id.chars().take(100).collect();
        Ok(match found {
            Some(_) => ApiError::missing_here(R::NOUN, &shown, param, self.tenant.livemode()),
            None => ApiError::missing(R::NOUN, &shown, param),
        })
    }

    /// A live (not deleted) document, typed.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn find<R: Resource>(&mut self, id: &str) -> ApiResult<Option<Stored<R>>> {
        let locked = "select doc, version from objects where tenant = $1 and kind = $2 and id = $3 and deleted = 0 for update";
        let sql = if self.reads_only() { locked.trim_end_matches(" for update") } else { locked };
        let Some(row) = self.row(sql, &[Value::from(R::KIND), Value::from(id)]).await? else { return Ok(None) };
        Ok(Some(Stored { value: serde_json::from_str(row.text(0)?)?, version: row.int(1)? }))
    }

    /// A live document, typed; 404 naming `param` if there is none.
    ///
    /// # Errors
    /// `resource_missing`, and those of the database.
    pub async fn get<R: Resource>(&mut self, id: &str, param: &str) -> ApiResult<Stored<R>> {
        match self.find(id).await? {
            Some(stored) => Ok(stored),
            None => Err(self.missing::<R>(id, param).await?),
        }
    }

    /// Stores a new document and answers its text.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn insert<R: Resource>(&mut self, value: &R) -> ApiResult<String> {
        let doc = serde_json::to_string(value)?;
        let [f1, f2, f3, f4] = value.columns();
        let sql = "insert into objects (tenant, kind, id, version, deleted, f1, f2, f3, f4, doc) \
                   values ($1, $2, $3, 1, 0, $4, $5, $6, $7, $8)";
        let params = [
            Value::from(R::KIND),
            Value::from(value.id()),
            Value::from(f1),
            Value::from(f2),
            Value::from(f3),
            Value::from(f4),
            Value::from(doc.as_str()),
        ];
        self.run(sql, &params).await?;
        Ok(doc)
    }

    /// Writes a document back and answers its text; starts the transaction over if somebody else wrote it meanwhile.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn update<R: Resource>(&mut self, stored: &mut Stored<R>) -> ApiResult<String> {
        let doc = serde_json::to_string(&stored.value)?;
        self.write_version::<R>(stored, &doc, 0).await?;
        Ok(doc)
    }

    /// Leaves `doc` in place of a document that is deleted but stays retrievable; lists no longer show it.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn mark_deleted<R: Resource>(&mut self, stored: &mut Stored<R>, doc: &str) -> ApiResult<()> {
        self.write_version::<R>(stored, doc, 1).await
    }

    /// Removes a document.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn remove<R: Resource>(&mut self, stored: &Stored<R>) -> ApiResult<()> {
        let sql = "delete from objects where tenant = $1 and kind = $2 and id = $3 and version = $4";
        let params = [Value::from(R::KIND), Value::from(stored.id()), Value::from(stored.version)];
        match self.run(sql, &params).await? {
            1 => Ok(()),
            _ => Err(StoreError::Conflict.into()),
        }
    }

    async fn write_version<R: Resource>(&mut self, stored: &mut Stored<R>, doc: &str, deleted: i64) -> ApiResult<()> {
        let [f1, f2, f3, f4] = if deleted == 0 { stored.columns() } else { [None, None, None, None] };
        let sql = "update objects set version = version + 1, deleted = $5, f1 = $6, f2 = $7, f3 = $8, f4 = $9, doc = $10 \
                   where tenant = $1 and kind = $2 and id = $3 and version = $4";
        let params = [
            Value::from(R::KIND),
            Value::from(stored.id()),
            Value::from(stored.version),
            Value::from(deleted),
            Value::from(f1),
            Value::from(f2),
            Value::from(f3),
            Value::from(f4),
            Value::from(doc),
        ];
        if self.run(sql, &params).await? != 1 {
            return Err(StoreError::Conflict.into());
        }
        stored.version += 1;
        Ok(())
    }
}

impl Cx<'_> {
    /// A live document that a parameter names; 400 if there is none.
    ///
    /// # Errors
    /// `resource_missing`, and those of the database.
    pub async fn get_named<R: Resource>(&mut self, id: &str, param: &str) -> ApiResult<Stored<R>> {
        match self.find(id).await? {
            Some(stored) => Ok(stored),
            None => Err(self.missing::<R>(id, param).await?.as_bad_request()),
        }
    }
}
