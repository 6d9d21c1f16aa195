// Cut writes each document of the corpus, or where there is none of specs/, into a file of its own: "cut FOLDER". It
// prints where the documents are from.
package main

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/falgen/falgen/benchmarks/internal/documents"
)

func main() {
	log.SetFlags(0)
	specs := documents.Corpus("..")
	if specs == "" {
		specs = "../specs"
		log.Print("there is no corpus in $FALGEN_CORPUS: measuring over specs/, which is too little to mean much")
	}
	specs, err := filepath.Abs(specs)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := documents.Cut(specs, os.Args[1]); err != nil {
		log.Fatal(err)
	}
	fmt.Println(specs)
}
