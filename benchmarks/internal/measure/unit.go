//go:build !darwin

package measure

const maxrssUnit = 1 << 10
