package fal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// ErrNoKey says that there is no key to call fal with.
var ErrNoKey = errors.New("fal: no key")

// WithKey calls fal with the given key. White space around it is dropped; an empty key is an error of [NewClient] that
// wraps [ErrNoKey].
func WithKey(key string) ClientOption {
	return clientOption(func(c *Client) error {
		key := strings.TrimSpace(key)
		if key == "" {
			return fmt.Errorf("%w: set FAL_KEY (or FAL_KEY_ID and FAL_KEY_SECRET) in the environment, or give "+
				"fal.WithKey one that is not empty; fal.WithoutKey() is for apps that are public", ErrNoKey)
		}
		c.key = func(context.Context) (string, error) { return key, nil } // in a func: printing a Client shows no key
		return nil
	})
}

// WithKeyFunc asks f for the key before every attempt, retries included, so that keys may rotate. f gets the context of
// the call, is called from many goroutines at once, and does its own caching. Its error, or an empty key, ends the call
// with a [*CallError].
func WithKeyFunc(f func(context.Context) (string, error)) ClientOption {
	return clientOption(func(c *Client) error {
		if f == nil {
			return fmt.Errorf("%w: WithKeyFunc was given nil", ErrNoKey)
		}
		c.key = func(ctx context.Context) (string, error) {
			key, err := f(ctx)
			if err != nil {
				return "", fmt.Errorf("the func of fal.WithKeyFunc: %w", err)
			}
			if key = strings.TrimSpace(key); key == "" {
				return "", fmt.Errorf("%w: the func of fal.WithKeyFunc returned an empty one", ErrNoKey)
			}
			return key, nil
		}
		return nil
	})
}

// WithoutKey sends no key, for apps that are public.
func WithoutKey() ClientOption {
	return clientOption(func(c *Client) error {
		c.key = func(context.Context) (string, error) { return "", nil }
		return nil
	})
}

// envKey reads the key from the environment, "" where there is none. A variable that is set but empty counts as absent.
func envKey() string {
	if key := os.Getenv("FAL_KEY"); strings.TrimSpace(key) != "" {
		return key
	}
	id, secret := strings.TrimSpace(os.Getenv("FAL_KEY_ID")), strings.TrimSpace(os.Getenv("FAL_KEY_SECRET"))
	if id == "" || secret == "" {
		return ""
	}
	return id + ":" + secret
}
