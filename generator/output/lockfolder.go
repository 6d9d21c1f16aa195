package output

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// LockFolder keeps the folder to this run: another that asks for it waits until release is called, or until this
// process is gone. Where it takes long, waiting is called once. The error is that of the context.
//
// The lock is a file in the user's cache, so it holds among one user's runs on one machine. Where there is no cache
// that can be written, the run goes on without it.
func LockFolder(ctx context.Context, folder string, waiting func()) (release func(), err error) {
	got := make(chan func(), 1)
	go func() { got <- acquire(folder) }()
	patience := time.NewTimer(time.Second)
	defer patience.Stop()
	for {
		select {
		case release := <-got:
			return release, nil
		case <-patience.C:
			waiting()
		case <-ctx.Done():
			go func() { (<-got)() }()
			return nil, ctx.Err()
		}
	}
}

// acquire waits for the lock of a folder.
func acquire(folder string) (release func()) {
	name, err := cacheFile(folder, ".lock")
	if err == nil {
		err = os.MkdirAll(filepath.Dir(name), 0o700)
	}
	if err == nil {
		release, err = lockedfile.MutexAt(name).Lock()
	}
	if err != nil {
		return func() {}
	}
	return release
}
