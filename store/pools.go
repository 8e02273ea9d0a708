package store

import (
	"database/sql"
	"time"
)

// Pools tells how busy the connections are: of "read" and "write", which on
// PostgreSQL are one, "all".
func (db *DB) Pools() map[string]sql.DBStats {
	if db.pool != nil {
		s := db.pool.Stat()
		return map[string]sql.DBStats{"all": {MaxOpenConnections: int(s.MaxConns()), OpenConnections: int(s.TotalConns()), InUse: int(s.AcquiredConns()),
			Idle: int(s.IdleConns()), WaitCount: s.EmptyAcquireCount(), WaitDuration: time.Duration(s.EmptyAcquireWaitTime())}}
	}
	out := map[string]sql.DBStats{"read": db.read.Stats()}
	if db.write != nil {
		out["write"] = db.write.Stats()
	}
	return out
}
