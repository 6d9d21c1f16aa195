package webhook

import (
	"context"
	"sync"
)

// Seen lets each request id through once. It remembers a number of ids, the latest ones, in this process alone: where
// there are several, or where a restart must not forget, the unique key of a database table does the same. It is safe
// for concurrent use.
type Seen struct {
	mu      sync.Mutex
	limit   int
	done    map[string]bool
	order   []string // the ids of done; a ring, once it is full
	oldest  int      // in order
	running map[string]chan struct{}
}

// NewSeen returns a Seen that remembers capacity ids, and at least one. An id takes about a hundred bytes; fal delivers
// again for an hour or two.
func NewSeen(capacity int) *Seen {
	return &Seen{limit: max(capacity, 1), done: map[string]bool{}, running: map[string]chan struct{}{}}
}

// Once calls f unless it has, for this id, returned nil before. The error is f's: an id for which f failed, or
// panicked, is let through again.
//
// While f is at work for an id, a second call for that id waits for it, and calls its own f where the first fails: to
// tell fal at once that this is nothing new would lose the delivery in that case. The wait ends with ctx, whose error
// is then returned.
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
