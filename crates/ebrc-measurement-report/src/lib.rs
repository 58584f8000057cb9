//! A measurement's artefacts as CSV files, pictures, a page and JSON.
