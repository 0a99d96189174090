//! A posted form that was checked against forgery. Every handler that changes something takes one of these.

use rocket::data::{ByteUnit, Data, FromData, Outcome, ToByteUnit};
use rocket::http::Status;
use rocket::tokio::io::AsyncReadExt;
use rocket::{Request, async_trait};
use zeroize::{Zeroize, Zeroizing};

use super::multipart::{self, Upload};
use super::{Entries, urlencoded};
use crate::web::Web;
use crate::web::guard::{Ctx, is_ours};

/// The largest form body.
const FORM: ByteUnit = ByteUnit::Kibibyte(256);
/// What a sheet's form has beside the sheet.
const AROUND: ByteUnit = ByteUnit::Kibibyte(64);

/// The fields of a post that carried the token of its session and came from a page of ours.
#[derive(Debug)]
pub struct Posted(pub Entries);

/// The same with a file.
#[derive(Debug)]
pub struct Uploaded {
    /// The fields.
    pub entries: Entries,
    /// The file, if one was chosen.
    pub upload: Option<Upload>,
}

/// The fields of a post behind a registrant's link. The link in the path is the secret: there is no session to protect.
#[derive(Debug)]
pub struct LinkPosted(pub Entries);

/// Reads a body into memory that is zeroised on drop and never moved while it grows.
async fn read(data: Data<'_>, limit: ByteUnit, hint: Option<u64>) -> Result<Zeroizing<Vec<u8>>, Status> {
    let most = usize::try_from(limit.as_u64()).map_err(|_| Status::PayloadTooLarge)?;
    if hint.is_some_and(|length| length > limit.as_u64()) {
        return Err(Status::PayloadTooLarge);
    }
    let room = hint.and_then(|length| usize::try_from(length).ok()).unwrap_or(most).min(most) + 1;
    let mut body = Zeroizing::new(Vec::with_capacity(room));
    let mut chunk = Zeroizing::new([0u8; 16 * 1024]);
    let mut stream = data.open(limit + 1.bytes());
    loop {
        let count = stream.read(chunk.as_mut_slice()).await.map_err(|_| Status::BadRequest)?;
        if count == 0 {
            return Ok(body);
        }
        if body.len() + count > most {
            return Err(Status::PayloadTooLarge);
        }
        if body.len() + count > body.capacity() {
            grow(&mut body, count, most);
        }
        body.extend_from_slice(chunk.get(..count).unwrap_or_default());
    }
}

/// Makes room for a body longer than it said, without leaving the old bytes behind.
fn grow(body: &mut Zeroizing<Vec<u8>>, more: usize, most: usize) {
    let mut larger = Vec::with_capacity((body.len() + more).saturating_mul(2).min(most + 1));
    larger.extend_from_slice(body);
    body.zeroize();
    **body = larger;
}

fn length(request: &Request<'_>) -> Option<u64> {
    request.headers().get_one("Content-Length").and_then(|text| text.parse().ok())
}

fn content_type<'a>(request: &'a Request<'_>) -> &'a str {
    request.headers().get_one("Content-Type").unwrap_or_default()
}

fn is_urlencoded(kind: &str) -> bool {
    kind.split(';').next().is_some_and(|k| k.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Whether the entries hold the token of this session, or of this visit where nobody is signed in.
async fn has_token(request: &Request<'_>, entries: &Entries) -> Result<(), Status> {
    let ctx = Ctx::of(request).await?;
    let given = entries.read("csrf", |given| same(given, ctx.csrf())).unwrap_or(false);
    if given { Ok(()) } else { Err(Status::Forbidden) }
}

/// Compares without stopping at the first difference.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (x, y)| sum | (x ^ y)) == 0
}

async fn form(request: &Request<'_>, data: Data<'_>) -> Result<Entries, Status> {
    if !is_urlencoded(content_type(request)) {
        return Err(Status::UnsupportedMediaType);
    }
    let body = read(data, FORM, length(request)).await?;
    urlencoded::read(&body).ok_or(Status::BadRequest)
}

#[async_trait]
impl<'r> FromData<'r> for Posted {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let Some(web) = request.rocket().state::<Web>() else { return Outcome::Error((Status::InternalServerError, ())) };
        if !is_ours(request, web) {
            return Outcome::Error((Status::Forbidden, ()));
        }
        let entries = match form(request, data).await {
            Ok(entries) => entries,
            Err(status) => return Outcome::Error((status, ())),
        };
        match has_token(request, &entries).await {
            Ok(()) => Outcome::Success(Self(entries)),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

#[async_trait]
impl<'r> FromData<'r> for LinkPosted {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let Some(web) = request.rocket().state::<Web>() else { return Outcome::Error((Status::InternalServerError, ())) };
        if !is_ours(request, web) {
            return Outcome::Error((Status::Forbidden, ()));
        }
        // Mail programs post their one click as either kind of form (RFC 8058).
        let read = match multipart::boundary(content_type(request)) {
            // Some send the click without a body, and then without a type.
            None if content_type(request).is_empty() => match read(data, FORM, length(request)).await {
                Ok(body) => urlencoded::read(&body).ok_or(Status::BadRequest),
                Err(status) => Err(status),
            },
            None => form(request, data).await,
            Some(boundary) => match read(data, FORM, length(request)).await {
                Ok(body) => multipart::read(&body, boundary).map(|(entries, _)| entries).ok_or(Status::BadRequest),
                Err(status) => Err(status),
            },
        };
        match read {
            Ok(entries) => Outcome::Success(Self(entries)),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

#[async_trait]
impl<'r> FromData<'r> for Uploaded {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r, Self> {
        let Some(web) = request.rocket().state::<Web>() else { return Outcome::Error((Status::InternalServerError, ())) };
        if !is_ours(request, web) {
            return Outcome::Error((Status::Forbidden, ()));
        }
        let Some(boundary) = multipart::boundary(content_type(request)) else {
            return Outcome::Error((Status::UnsupportedMediaType, ()));
        };
        let limit = ByteUnit::Byte(web.app.config.upload_limit) + AROUND;
        let body = match read(data, limit, length(request)).await {
            Ok(body) => body,
            Err(status) => return Outcome::Error((status, ())),
        };
        let Some((entries, upload)) = multipart::read(&body, boundary) else { return Outcome::Error((Status::BadRequest, ())) };
        match has_token(request, &entries).await {
            Ok(()) => Outcome::Success(Self { entries, upload }),
            Err(status) => Outcome::Error((status, ())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_compared_whole() {
        assert!(same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }

    #[test]
    fn a_growing_body_keeps_its_bytes() {
        let mut body = Zeroizing::new(b"abc".to_vec());
        grow(&mut body, 5, 100);
        assert_eq!(body.as_slice(), b"abc");
        assert!(body.capacity() >= 8);
    }
}
