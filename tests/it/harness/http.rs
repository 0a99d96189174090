//! A small HTTP/1.1 client with cookies. It retries nothing: a test must know which request was answered.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// One browser: cookies and one connection.
pub struct Client {
    address: SocketAddr,
    host: String,
    cookies: BTreeMap<String, String>,
    connection: Option<BufReader<TcpStream>>,
    /// How long one read or write may take.
    pub patience: Duration,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// From the first byte sent to the last byte read.
    pub took: Duration,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The value of the page's first field of that name: CSRF tokens, idempotency keys.
    pub fn field(&self, name: &str) -> Option<String> {
        let page = self.text();
        page.split('<')
            .filter(|tag| tag.starts_with("input"))
            .find(|tag| attribute(tag, "name").as_deref() == Some(name))
            .and_then(|tag| attribute(tag, "value"))
    }
}

/// An attribute of a tag, entities resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = tag[start..].split('"').next()?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#x27;", "'")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

/// Text for `application/x-www-form-urlencoded` and query strings.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes().fold(String::new(), |mut out, b| {
            match b {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(b)),
                b' ' => out.push('+'),
                _ => drop(write!(out, "%{b:02X}")),
            }
            out
        })
    };
    fields.iter().map(|(k, v)| format!("{}={}", escape(k), escape(v))).collect::<Vec<_>>().join("&")
}

/// A file of a multipart form.
pub struct Upload<'a> {
    pub field: &'a str,
    pub file_name: &'a str,
    pub content_type: &'a str,
    pub bytes: &'a [u8],
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), cookies: BTreeMap::new(), connection: None, patience: Duration::from_secs(20) }
    }

    /// Closes the connection; the next request opens a new one. Cookies stay.
    pub fn hang_up(&mut self) {
        self.connection = None;
    }

    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.send("GET", path, &[], b"")
    }

    /// Posts a form as a browser does: with the `Origin` and fetch headers of the page's own site.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> io::Result<Answer> {
        self.send("POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], form(fields).as_bytes())
    }

    pub fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: &Upload<'_>) -> io::Result<Answer> {
        let boundary = "----boundary-7d1c0b9e5a";
        let mut body = Vec::new();
        for (name, value) in fields {
            write!(body, "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")?;
        }
        write!(
            body,
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            file.field, file.file_name, file.content_type
        )?;
        body.extend_from_slice(file.bytes);
        write!(body, "\r\n--{boundary}--\r\n")?;
        self.send("POST", path, &[("Content-Type", &format!("multipart/form-data; boundary={boundary}"))], &body)
    }

    /// Follows the answer's redirects with GET, a few at most.
    pub fn follow(&mut self, answer: Answer) -> io::Result<Answer> {
        let mut answer = answer;
        for _ in 0..5 {
            let Some(location) = answer.header("location").filter(|_| (300..400).contains(&answer.status)).map(str::to_owned) else {
                break;
            };
            let path = location.strip_prefix(&format!("http://{}", self.host)).unwrap_or(&location).to_owned();
            answer = self.get(&path)?;
        }
        Ok(answer)
    }

    pub fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> io::Result<Answer> {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: text/html\r\nAccept-Language: zh-CN,zh;q=0.9\r\n", self.host);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
            head += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        if method != "GET" {
            head += &format!("Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\nContent-Length: {}\r\n", self.host, body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head += "\r\n";
        let message = [head.as_bytes(), body].concat();
        let mut connection = match self.connection.take() {
            Some(open) => open,
            None => self.connect()?,
        };
        let begun = Instant::now();
        connection.get_mut().write_all(&message)?;
        let (answer, keep) = read_answer(&mut connection, begun)?;
        if keep {
            self.connection = Some(connection);
        }
        for (_, cookie) in answer.headers.iter().filter(|(n, _)| n == "set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            if let Some((name, value)) = pair.split_once('=') {
                if attributes.to_ascii_lowercase().contains("max-age=0") {
                    self.cookies.remove(name.trim());
                } else {
                    self.cookies.insert(name.trim().to_owned(), value.trim().to_owned());
                }
            }
        }
        Ok(answer)
    }

    fn connect(&self) -> io::Result<BufReader<TcpStream>> {
        let stream = TcpStream::connect_timeout(&self.address, self.patience)?;
        stream.set_read_timeout(Some(self.patience))?;
        stream.set_write_timeout(Some(self.patience))?;
        stream.set_nodelay(true)?;
        Ok(BufReader::new(stream))
    }
}

fn cut_off(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, what.to_owned())
}

/// Reads one answer; an answer that breaks off is an error, never a short success.
fn read_answer(from: &mut impl BufRead, begun: Instant) -> io::Result<(Answer, bool)> {
    let mut line = String::new();
    let mut next_line = |from: &mut dyn BufRead| -> io::Result<String> {
        line.clear();
        from.read_line(&mut line)?;
        if line.ends_with('\n') { Ok(line.trim_end().to_owned()) } else { Err(cut_off("the answer's head broke off")) }
    };
    let status_line = next_line(from)?;
    let status = status_line.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(|| cut_off("no status line"))?;
    let mut headers = Vec::new();
    loop {
        let line = next_line(from)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
    }
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.to_ascii_lowercase());
    let mut body = Vec::new();
    let mut keep = header("connection").is_none_or(|c| c != "close");
    if header("transfer-encoding").is_some_and(|t| t.contains("chunked")) {
        loop {
            let size = next_line(from)?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or_default(), 16).map_err(|_| cut_off("no chunk size"))?;
            let start = body.len();
            body.resize(start + size, 0);
            from.read_exact(&mut body[start..])?;
            next_line(from)?;
            if size == 0 {
                break;
            }
        }
    } else if let Some(length) = header("content-length") {
        body.resize(length.parse().map_err(|_| cut_off("no length"))?, 0);
        from.read_exact(&mut body)?;
    } else if status != 204 && status != 304 {
        keep = false;
        from.read_to_end(&mut body)?;
    }
    Ok((Answer { status, headers, body, took: begun.elapsed() }, keep))
}

/// In what two answers differ that a reader of the wire could see: status, header names and values, length, body.
///
/// `hidden` texts are those that differ in any two answers (tokens of the session, ids of the saved thing): each is masked by its length.
/// `Date` and the values of cookies are left out, their presence and length are not.
pub fn differences(left: &Answer, right: &Answer, hidden: (&[&str], &[&str])) -> Vec<String> {
    let mask = |text: &str, hidden: &[&str]| {
        hidden.iter().filter(|h| !h.is_empty()).fold(text.to_owned(), |t, h| t.replace(*h, &"*".repeat(h.len())))
    };
    let seen = |a: &Answer, hidden: &[&str]| {
        let mut headers: Vec<String> = a
            .headers
            .iter()
            .filter(|(n, _)| n != "date")
            .map(|(n, v)| if n == "set-cookie" { format!("{n} of {} bytes", v.len()) } else { format!("{n}: {}", mask(v, hidden)) })
            .collect();
        // The server sends its cookies in the order of a hash drawn anew for each answer: it tells nothing.
        headers.sort();
        (a.status, headers, a.body.len(), mask(&a.text(), hidden))
    };
    let (l, r) = (seen(left, hidden.0), seen(right, hidden.1));
    let mut found = Vec::new();
    if l.0 != r.0 {
        found.push(format!("status {} and {}", l.0, r.0));
    }
    if l.1 != r.1 {
        found.push(format!("headers {:?} and {:?}", l.1, r.1));
    }
    if l.2 != r.2 {
        found.push(format!("length {} and {}", l.2, r.2));
    }
    if let Some((a, b)) = l.3.lines().zip(r.3.lines()).find(|(a, b)| a != b) {
        found.push(format!("body: {a:?} and {b:?}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> io::Result<(Answer, bool)> {
        read_answer(&mut BufReader::new(text.as_bytes()), Instant::now())
    }

    #[test]
    fn answers_are_read_whole_or_not_at_all() {
        let (answer, keep) = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
        assert_eq!((answer.status, answer.text().as_str(), keep), (200, "hello", true));
        let (answer, keep) =
            read("HTTP/1.1 303 See Other\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n")
                .unwrap();
        assert_eq!((answer.status, answer.text().as_str(), keep), (303, "abcde", false));
        for broken in [
            "",
            "HTTP/1.1 200",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ] {
            assert!(read(broken).is_err(), "{broken:?}");
        }
    }

    #[test]
    fn a_field_is_found_whatever_the_order_of_its_attributes() {
        let page = "<form><input type=\"hidden\" name=\"csrf\" value=\"a&amp;b\"><input value='no' name=\"x\"><input value=\"2\" name=\"key\"></form>";
        let answer = Answer { status: 200, headers: vec![], body: page.into(), took: Duration::ZERO };
        assert_eq!(answer.field("csrf").as_deref(), Some("a&b"));
        assert_eq!(answer.field("key").as_deref(), Some("2"));
        assert_eq!(answer.field("missing"), None);
    }

    #[test]
    fn forms_are_escaped_as_browsers_do() {
        assert_eq!(form(&[("姓名", "李 雷+"), ("a", "b&c=d")]), "%E5%A7%93%E5%90%8D=%E6%9D%8E+%E9%9B%B7%2B&a=b%26c%3Dd");
    }

    #[test]
    fn differences_see_what_an_onlooker_sees() {
        let answer = |status, body: &str, cookie: &str| Answer {
            status,
            headers: vec![("date".into(), body.into()), ("set-cookie".into(), cookie.into())],
            body: body.into(),
            took: Duration::ZERO,
        };
        let same = differences(&answer(200, "saved t-1\nbye", "s=1"), &answer(200, "saved t-2\nbye", "s=2"), (&["t-1"], &["t-2"]));
        assert!(same.is_empty(), "{same:?}");
        assert_eq!(differences(&answer(200, "a", "s=1"), &answer(409, "a", "s=1"), (&[], &[])).len(), 1);
        assert_eq!(differences(&answer(200, "a", "s=1"), &answer(200, "b", "s=11"), (&[], &[])).len(), 2);
        assert_eq!(differences(&answer(200, "known", "s=1"), &answer(200, "new", "s=1"), (&[], &[])).len(), 2);
    }
}
