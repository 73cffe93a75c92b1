//! Empty: the manifest beside this file only pins C sources.
