package faltest_test

import (
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/testdata/golden/media-limits/falai/golden/medialimits"
)

// randomFile is an image of some size, a sound of some seconds, or neither, which may be large.
func randomFile(random *rand.Rand) []byte {
	switch random.IntN(5) {
	case 0:
		return make([]byte, random.IntN(2)*2_048_001)
	case 1, 2:
		length := random.IntN(4000) // in hundredths of a second
		b := []byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x64\x00\x00\x00\x64\x00\x00\x00\x01\x00\x08\x00data")
		return append(binary.LittleEndian.AppendUint32(b, uint32(length)), make([]byte, length)...)
	}
	side := func() uint16 { return []uint16{1, 4, 299, 300, 640, 1100, 3850, 7001}[random.IntN(8)] }
	return picture(side(), side())
}

// picture is the beginning of an image of a size.
func picture(width, height uint16) []byte {
	return append(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16([]byte("GIF89a"), width), height), "\x00\x00\x00;"...)
}

// TestFilesAreJudgedAlike sends files beyond the limits and within them: the fake says of those that were uploaded and of
// those inside of the input what Validate says of them before.
func TestFilesAreJudgedAlike(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	server := faltest.New(t, faltest.WithSpecs("../../testdata/golden/media-limits/document.json"))
	client := medialimits.New(server.Client())
	refused, kinds := 0, map[string]int{}
	for range 60 {
		media := func() fal.Media {
			if file := randomFile(random); random.IntN(3) > 0 {
				return fal.Bytes("", file)
			} else {
				return fal.DataURI("", file)
			}
		}
		in := medialimits.Input{ImageURL: media(), VideoURL: media(), ReferenceURLs: []fal.Media{media(), media()}, MaskURL: media()}
		var want []string
		if err := in.Validate(); err != nil {
			var invalid *fal.ValidationError
			if !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			want = brief(t, invalid.Detail)
			refused++
		}
		for _, line := range want {
			kinds[strings.Fields(line)[1]]++
		}
		_, err := client.Run(t.Context(), in, fal.WithoutValidation())
		var answer *fal.APIError
		if err != nil && !errors.As(err, &answer) {
			t.Fatal(err)
		}
		var got []string
		if answer != nil {
			got = brief(t, answer.Detail)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-Validate +fake)\n%s", d)
		}
	}
	t.Logf("%d refused: %v", refused, kinds)
	if refused == 0 || refused == 60 || len(kinds) < 6 {
		t.Errorf("%d refused: %v", refused, kinds)
	}
}

// TestFileOfUnion judges a file that is one of several alternatives, in a list in a map.
func TestFileOfUnion(t *testing.T) {
	const document = `{
		"openapi": "3.0.4",
		"info": {"title": "Union", "version": "1"},
		"paths": {
			"/me/union": {"post": {"requestBody": {"content": {"application/json": {"schema": {
				"type": "object", "properties": {"sets": {"type": "object", "additionalProperties": {"type": "object", "properties": {
					"image_urls": {"anyOf": [
						{"type": "array", "items": {"type": "string", "x-fal": {"max_width": 3}}}, {"type": "integer"}]}}}}}}}}}}},
			"/me/union/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {
				"type": "object"}}}}}}}
		}
	}`
	server := faltest.New(t, faltest.WithSpecs(folder(t, "union.json", document)))
	at := server.Store("a.gif", picture(4, 4))
	in := wire(`{"sets": {"a": {"image_urls": 5}, "b": {"image_urls": ["https://example.com/x.png", "` + at + `"]}}}`)
	_, err := fal.NewEndpoint[any, any](server.Client(), "me/union").Run(t.Context(), in)
	var refused *fal.APIError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	if d := cmp.Diff([]string{`body.sets.b.image_urls[1] image_too_large {"max_width":3}`}, brief(t, refused.Detail)); d != "" {
		t.Error(d)
	}
}
