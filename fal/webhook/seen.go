package webhook

import (
	"context"
	"sync"
)

// Seen handles each request id once. It remembers the latest ids in memory; for several processes, or to survive a
// restart, use a unique key of a database table. It is safe for concurrent use.
type Seen struct {
	mu      sync.Mutex
	limit   int
	done    map[string]bool
	order   []string // the ids of done; a ring, once it is full
	oldest  int      // in order
	running map[string]chan struct{}
}

// NewSeen returns a Seen that remembers capacity ids, at least one. An id takes about a hundred bytes; fal retries for
// an hour or two.
func NewSeen(capacity int) *Seen {
	return &Seen{limit: max(capacity, 1), done: map[string]bool{}, running: map[string]chan struct{}{}}
}

// Once calls f unless f has already returned nil for this id. It returns f's error. If f fails or panics, the next call
// for the id calls f again.
//
// A concurrent call for the same id waits for the first, and calls its own f if the first fails. If ctx ends while
// waiting, Once returns its error.
func (s *Seen) Once(ctx context.Context, requestID string, f func() error) error {
	for {
		running, ok := s.begin(requestID)
		if ok {
			break
		}
		if running == nil {
			return nil
		}
		select {
		case <-running:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	ok := false
	defer func() { s.end(requestID, ok) }()
	err := f()
	ok = err == nil
	return err
}

// begin reports whether the caller is to handle the id. Otherwise it returns what tells the end of the call that does,
// or nil where that is over.
func (s *Seen) begin(id string) (running chan struct{}, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done[id] {
		return nil, false
	}
	if running := s.running[id]; running != nil {
		return running, false
	}
	s.running[id] = make(chan struct{})
	return nil, true
}

func (s *Seen) end(id string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.running[id])
	delete(s.running, id)
	if !ok {
		return
	}
	s.done[id] = true
	if len(s.order) < s.limit {
		s.order = append(s.order, id)
		return
	}
	delete(s.done, s.order[s.oldest])
	s.order[s.oldest] = id
	s.oldest = (s.oldest + 1) % s.limit
}
