//! Several servers on one PostgreSQL, and what stands between them and it: real processes, connections that are cut, a server
//! that was demoted, a pooler of connections.

mod wire;
mod proxy;
mod pooler;
mod failover;
mod pooled;
mod fleet;
mod four;
mod newer;
