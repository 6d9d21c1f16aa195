package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/falgen/falgen/fal/webhook"
)

func TestSeen(t *testing.T) {
	calls := 0
	var fail error
	f := func() error { calls++; return fail }
	s := webhook.NewSeen(2)
	once := func(id string, want int) {
		t.Helper()
		calls = 0
		if err := s.Once(t.Context(), id, f); err != fail && calls > 0 || calls != want {
			t.Errorf("%s: %d calls, %v", id, calls, err)
		}
	}
	once("a", 1)
	once("a", 0)
	once("b", 1)
	once("a", 0)
	once("b", 0)
	once("c", 1) // in the place of a
	once("b", 0)
	once("c", 0)
	once("a", 1) // in the place of b
	once("c", 0)

	fail = errors.New("away")
	once("d", 1)
	once("d", 1) // it failed before
	once("a", 0) // and took nobody's place
	fail = nil
	once("d", 1)
	once("d", 0)

	func() {
		defer func() { _ = recover() }()
		_ = s.Once(t.Context(), "e", func() error { panic("broken") })
	}()
	once("e", 1)

	for _, capacity := range []int{0, -1, 1} {
		s = webhook.NewSeen(capacity)
		once("a", 1)
		once("a", 0)
		once("b", 1)
		once("a", 1)
	}
	s = webhook.NewSeen(1 << 60) // it takes the memory that it needs
	once("a", 1)
}

func TestSeenWaitsForTheFirst(t *testing.T) {
	for _, outcome := range []error{nil, errors.New("away")} {
		t.Run(fmt.Sprint(outcome), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, finish := webhook.NewSeen(10), make(chan struct{})
				var first, others atomic.Int32
				var all sync.WaitGroup
				all.Go(func() {
					err := s.Once(t.Context(), "a", func() error {
						first.Add(1)
						<-finish
						return outcome
					})
					if err != outcome {
						t.Errorf("got %v", err)
					}
				})
				synctest.Wait()
				for range 20 {
					all.Go(func() {
						if err := s.Once(t.Context(), "a", func() error { others.Add(1); return nil }); err != nil {
							t.Errorf("got %v", err)
						}
					})
				}
				ctx, leave := context.WithCancel(t.Context())
				all.Go(func() {
					err := s.Once(ctx, "a", func() error { t.Error("called"); return nil })
					if !errors.Is(err, context.Canceled) {
						t.Errorf("got %v", err)
					}
				})
				if err := s.Once(t.Context(), "b", func() error { return nil }); err != nil { // waits for nobody
					t.Errorf("got %v", err)
				}
				synctest.Wait()
				leave()
				synctest.Wait()
				close(finish)
				all.Wait()
				want := int32(0)
				if outcome != nil {
					want = 1 // one of the others, in its place
				}
				if first.Load() != 1 || others.Load() != want {
					t.Errorf("%d and %d calls", first.Load(), others.Load())
				}
			})
		})
	}
}
