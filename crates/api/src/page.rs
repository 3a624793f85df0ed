//! Pages of lists that are in memory whole.

use kernel::{ApiError, ApiResult, ListParams, Page};

/// The page of `items` that is asked for, in their order; `noun` is what one is called, `id` its id.
///
/// # Errors
/// 400 for a cursor that is not among them, or two.
pub(crate) fn cut<'i, T>(items: &'i [T], params: &ListParams, noun: &str, id: impl Fn(&T) -> &str) -> ApiResult<Page<&'i T>> {
    let place = |wanted: &str, param: &str| {
        let shown: String = wanted.chars().take(100).collect();
        let missing = || ApiError::coded("resource_missing", format!("No such {noun}: '{shown}'")).with_param(param);
        items.iter().position(|item| id(item) == wanted).ok_or_else(missing)
    };
    let limit = usize::try_from(params.limit()).unwrap_or(10);
    let (start, end, has_more) = match params.cursor()? {
        Some((cursor, true, param)) => {
            let end = place(cursor, param)?;
            let start = end.saturating_sub(limit);
            (start, end, start > 0)
        }
        Some((cursor, false, param)) => {
            let start = place(cursor, param)? + 1;
            let end = (start + limit).min(items.len());
            (start, end, end < items.len())
        }
        None => (0, limit.min(items.len()), items.len() > limit),
    };
    Ok(Page { rows: items[start..end].iter().collect(), has_more })
}
