use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest, Sha256};

use crate::Error;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// How much is read at a time.
const BUFFER: usize = 1 << 17;

/// Opens a file, or standard input for `-`; gzip and zstd are seen by their
/// first bytes and unpacked.
///
/// # Errors
/// Where the file cannot be opened. A broken archive shows itself on reading.
pub fn open_read(path: &Path) -> Result<Box<dyn Read + Send>, Error> {
    let refuse = |source| Error::read(path, source);
    if path == Path::new("-") {
        return unpack(BufReader::with_capacity(BUFFER, io::stdin())).map_err(refuse);
    }
    let file = File::open(path).map_err(refuse)?;
    unpack(BufReader::with_capacity(BUFFER, file)).map_err(refuse)
}

fn unpack<R: Read + Send + 'static>(mut reader: BufReader<R>) -> io::Result<Box<dyn Read + Send>> {
    let start = reader.fill_buf()?;
    Ok(if start.starts_with(GZIP) {
        Box::new(MultiGzDecoder::new(reader))
    } else if start.starts_with(ZSTD) {
        Box::new(zstd::Decoder::with_buffer(reader)?)
    } else {
        Box::new(reader)
    })
}

/// A whole file, as it lies there.
///
/// # Errors
/// Where it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::read(path, source))
}

/// The SHA-256 of a file as it lies there, in hexadecimal.
///
/// # Errors
/// Where it cannot be read.
pub fn sha256_hex(path: &Path) -> Result<String, Error> {
    let refuse = |source| Error::read(path, source);
    let mut file = File::open(path).map_err(refuse)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER];
    loop {
        let read = file.read(&mut buffer).map_err(refuse)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// The SHA-256 of bytes, in hexadecimal.
#[must_use]
pub fn sha256_hex_of(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).unwrap();
        encoder.finish().unwrap()
    }

    fn read_back(bytes: &[u8]) -> io::Result<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, bytes).unwrap();
        io::read_to_string(open_read(&path).unwrap())
    }

    #[test]
    fn compression_is_seen_by_content() {
        let zstd = zstd::encode_all(&b"one two"[..], 1).unwrap();
        let two_members = [gzip(b"one "), gzip(b"two")].concat();
        for bytes in [b"one two".to_vec(), two_members, zstd] {
            assert_eq!(read_back(&bytes).unwrap(), "one two");
        }
        assert_eq!(read_back(b"").unwrap(), "");
    }

    #[test]
    fn an_archive_cut_short_is_an_error() {
        for whole in [
            gzip(b"one two"),
            zstd::encode_all(&b"one two"[..], 1).unwrap(),
        ] {
            assert!(read_back(&whole[..whole.len() - 3]).is_err());
        }
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs::write(&path, b"abc").unwrap();
        assert_eq!(
            sha256_hex(&path).unwrap(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = sha256_hex(Path::new("nowhere/log"))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("nowhere/log: "), "{error}");
        assert!(error.ends_with("check the path"), "{error}");
    }
}
