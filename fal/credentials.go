package fal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// ErrNoKey is returned when no API key is configured.
var ErrNoKey = errors.New("fal: no key")

// WithKey sets the API key. Surrounding white space is removed; [NewClient] returns an error that wraps [ErrNoKey] if it is
// empty.
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

// WithKeyFunc calls f for the key before every attempt, including retries, so that keys can rotate. f receives the
// context of the call, must be safe for concurrent use, and does its own caching. If f returns an error or an empty key,
// the call returns a [*CallError].
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

// WithoutKey sends requests without a key, for public apps.
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
