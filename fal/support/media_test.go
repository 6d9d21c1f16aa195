package support_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/support"
)

// TestMediaLimits holds what files tell against each of the limits.
func TestMediaLimits(t *testing.T) {
	picture := func(width, height int) fal.MediaInfo {
		return fal.MediaInfo{Kind: "image", Size: 9, Width: width, Height: height}
	}
	sides := support.MediaLimits{MinWidth: 300, MinHeight: 200, MaxWidth: 600, MaxHeight: 500}
	shape := support.MediaLimits{MinAspectRatio: 0.4, MaxAspectRatio: 2.5}
	pixels := support.MediaLimits{MinPixels: 100, MaxPixels: 1000}
	length := support.MediaLimits{MinDuration: 3, MaxDuration: 30.05}
	lasting := func(kind string, seconds float64) fal.MediaInfo {
		return fal.MediaInfo{Kind: kind, Duration: time.Duration(seconds * 1e9)}
	}
	for _, test := range []struct {
		limits support.MediaLimits
		info   fal.MediaInfo
		want   string // the types and contexts
	}{
		{support.MediaLimits{}, picture(1, 100000), ""},
		{support.MediaLimits{MaxFileSize: 9}, picture(1, 1), ""},
		{support.MediaLimits{MaxFileSize: 8}, picture(1, 1), `file_too_large {"max_size":8}`},
		{sides, picture(300, 200), ""},
		{sides, picture(600, 500), ""},
		{sides, picture(299, 200), `image_too_small {"min_height":200,"min_width":300}`},
		{sides, picture(300, 199), `image_too_small {"min_height":200,"min_width":300}`},
		{sides, picture(601, 199), `image_too_small {"min_height":200,"min_width":300}; image_too_large {"max_height":500,"max_width":600}`},
		{sides, picture(600, 501), `image_too_large {"max_height":500,"max_width":600}`},
		{sides, fal.MediaInfo{Kind: "video", Width: 640, Height: 360}, `image_too_large {"max_height":500,"max_width":600}`},
		{sides, fal.MediaInfo{Kind: "video"}, ""}, // unknown
		{sides, fal.MediaInfo{}, ""},
		{shape, picture(400, 1000), ""},
		{shape, picture(1000, 400), ""},
		{shape, picture(399, 1000), `image_aspect_ratio_error {"max_aspect_ratio":2.5,"min_aspect_ratio":0.4}`},
		{shape, picture(1001, 400), `image_aspect_ratio_error {"max_aspect_ratio":2.5,"min_aspect_ratio":0.4}`},
		{support.MediaLimits{MaxAspectRatio: 2}, picture(1, 9), ""},
		{pixels, picture(10, 10), ""},
		{pixels, picture(9, 11), `image_too_small {"min_pixels":100}`},
		{pixels, picture(1, 1001), `image_too_large {"max_pixels":1000}`},
		{pixels, picture(1<<31-1, 1<<31-1), `image_too_large {"max_pixels":1000}`},
		{length, lasting("video", 3), ""},
		{length, lasting("video", 2.95), ""}, // as another program may count 3
		{length, lasting("video", 30.1), ""},
		{length, lasting("video", 2.5), `video_duration_too_short {"min_duration":3,"provided_duration":2.5}`},
		{length, lasting("audio", 31), `audio_duration_too_long {"max_duration":30.05,"provided_duration":31}`},
		{length, lasting("video", 0), ""}, // unknown
	} {
		t.Run(fmt.Sprintf("%+v %+v", test.limits, test.info), func(t *testing.T) {
			var got []string
			for _, f := range test.limits.Check(fal.Loc{"body", "x"}, test.info) {
				ctx, err := json.Marshal(f.Ctx)
				if err != nil || f.Loc.String() != "body.x" || f.Msg == "" {
					t.Errorf("%+v: %v", f, err)
				}
				got = append(got, f.Type+" "+string(ctx))
			}
			if got := strings.Join(got, "; "); got != test.want {
				t.Errorf("%s, not %s", got, test.want)
			}
		})
	}
}

// TestLooserLimits holds that a file which fits limits fits looser ones, and one that is unknown fits all.
func TestLooserLimits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 20_000 {
		n := func() float64 { return float64(random.IntN(20)) }
		tight := support.MediaLimits{n(), n(), n(), n(), n(), n(), n(), n() / 10, n() / 10, n(), n()}
		loose := support.MediaLimits{}
		if random.IntN(2) == 0 {
			loose.MaxWidth, loose.MinHeight, loose.MaxDuration = tight.MaxWidth*1.5, tight.MinHeight/2, tight.MaxDuration+1
		}
		if tight.MaxDuration == 0 {
			loose.MaxDuration = 0
		}
		info := fal.MediaInfo{Kind: "video", Size: random.Int64N(20), Width: random.IntN(20), Height: random.IntN(20), Duration: time.Duration(random.Int64N(20e9))}
		at := fal.Loc{"body"}
		if len(tight.Check(at, info)) == 0 && len(loose.Check(at, info)) > 0 {
			t.Fatalf("%+v fits %+v and not %+v", info, tight, loose)
		}
		if found := tight.Check(at, fal.MediaInfo{Kind: info.Kind}); len(found) > 0 {
			t.Fatalf("unknown, and refused: %v", found)
		}
	}
}
