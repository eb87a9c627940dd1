// Compresses stdin to stdout with klauspost/pgzip, at the level and in segments of the bytes that are given.
package main

import (
	"io"
	"os"
	"strconv"

	"github.com/klauspost/pgzip"
)

func main() {
	level, _ := strconv.Atoi(os.Args[1])
	size, _ := strconv.Atoi(os.Args[2])
	w, err := pgzip.NewWriterLevel(os.Stdout, level)
	if err != nil {
		panic(err)
	}
	if err := w.SetConcurrency(size, 2); err != nil {
		panic(err)
	}
	if _, err := io.Copy(w, os.Stdin); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
}
