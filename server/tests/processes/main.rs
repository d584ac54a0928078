//! The program as several processes: servers that are killed while the cloud works, and servers that share a database.
mod crash;
mod parallel;
mod site;
