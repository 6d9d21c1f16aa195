package naming

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/chars"
)

// initialisms are written in one case, as Go does.
var initialisms = map[string]string{
	"aac": "AAC", "ai": "AI", "api": "API", "asr": "ASR", "avif": "AVIF", "bpm": "BPM", "cfg": "CFG",
	"cpu": "CPU", "crf": "CRF", "css": "CSS", "csv": "CSV", "dpi": "DPI", "fbx": "FBX", "flac": "FLAC",
	"fps": "FPS", "gif": "GIF", "glb": "GLB", "gpu": "GPU", "h264": "H264", "h265": "H265", "hd": "HD",
	"hdr": "HDR", "hdri": "HDRI", "html": "HTML", "http": "HTTP", "https": "HTTPS", "id": "ID", "ids": "IDs",
	"ip": "IP", "jpeg": "JPEG", "jpg": "JPG", "json": "JSON", "lcm": "LCM", "llm": "LLM", "llms": "LLMs",
	"lora": "LoRA", "loras": "LoRAs", "mov": "MOV", "mp3": "MP3", "mp4": "MP4", "nag": "NAG", "nsfw": "NSFW",
	"ocr": "OCR", "ok": "OK", "pbr": "PBR", "pcm": "PCM", "pdf": "PDF", "png": "PNG", "qr": "QR", "rgb": "RGB",
	"rgba": "RGBA", "sd": "SD", "sdxl": "SDXL", "sfx": "SFX", "srt": "SRT", "stl": "STL", "svd": "SVD",
	"svg": "SVG", "tts": "TTS", "ui": "UI", "uri": "URI", "uris": "URIs", "url": "URL", "urls": "URLs",
	"usdz": "USDZ", "uuid": "UUID", "vae": "VAE", "vlm": "VLM", "wav": "WAV", "webm": "WebM", "webp": "WebP",
	"xml": "XML", "zip": "ZIP", "2d": "2D", "3d": "3D", "4k": "4K",
}

// spellings are the initialisms as they are written, by their first letter, the longest first: "LoRA" is a word in
// "LoRAWeight", though it changes its case.
var spellings = func() map[byte][]string {
	by := map[byte][]string{}
	for _, s := range slices.Sorted(maps.Values(initialisms)) {
		by[s[0]] = append(by[s[0]], s)
	}
	for _, list := range by {
		slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	}
	return by
}()

// Pascal turns a name of the wire into an exported Go name: "ref_image_urls" is RefImageURLs, "LoraWeight" LoRAWeight.
// The result may start with a digit, and is empty where name holds no letter or digit.
func Pascal(name string) string {
	joined := ""
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !chars.IsLetter(r) && !chars.IsDigit(r) }) {
		joined = join(joined, pascalWord(word))
	}
	return joined
}

// join puts a word behind others; where two numbers would become one, "4_3" say, they are kept apart.
func join(words, word string) string {
	if words != "" && word != "" && chars.IsDigit(rune(words[len(words)-1])) && chars.IsDigit(rune(word[0])) {
		return words + "_" + word
	}
	return words + word
}

func pascalWord(word string) string {
	if s, ok := initialisms[word]; ok {
		return s
	}
	if shouted(word) {
		return pascalWord(strings.ToLower(word))
	}
	r, size := utf8.DecodeRuneInString(word)
	rest := string(chars.ToUpper(r)) + word[size:] // "720p" stays
	var b strings.Builder
	for rest != "" {
		part := hump(rest)
		rest = rest[len(part):]
		if s, ok := initialisms[strings.ToLower(part)]; ok {
			part = s
		}
		b.WriteString(part)
	}
	return b.String()
}

// hump returns the first word of several that are written as one, as in "ModelUrls": an initialism, or all up to where a
// capital letter starts the next one.
func hump(word string) string {
	for _, s := range spellings[word[0]] {
		if rest, ok := strings.CutPrefix(word, s); ok && startsWord(rest) {
			return s
		}
	}
	lower := false
	for i, r := range word {
		switch capital := chars.IsUpper(r); {
		case i > 0 && capital && lower:
			return word[:i]
		case !capital:
			lower = true
		}
	}
	return word
}

// startsWord reports whether what comes behind a word is another one.
func startsWord(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || chars.IsUpper(r)
}

// shouted reports whether a word is written in capitals without being an abbreviation, which are short: "MELON".
func shouted(word string) bool {
	return len(word) >= 5 && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// symbols are the characters of enum values that tell one value from another.
var symbols = map[rune]string{
	'+': "Plus", '%': "Percent", '&': "And", '#': "Sharp", '*': "Star", '@': "At", '<': "Less", '>': "Greater",
	'=': "Equal", '!': "Not", '?': "Question", '$': "Dollar", '^': "Caret", '~': "Tilde", '°': "Degree",
}

// maxValueName bounds the name of a value, for enums of whole sentences.
const maxValueName = 48

// valueName turns the value of an enum into the end of a constant's name: "16:9" is 16x9, "v4.5" is V4_5, "dpm++" is
// DpmPlusPlus, "" is Empty.
func valueName(value string) string {
	if value == "" {
		return "Empty"
	}
	var b strings.Builder
	runes := []rune(value)
	digit := func(i int) bool { return i >= 0 && i < len(runes) && chars.IsDigit(runes[i]) }
	for i, r := range runes {
		switch {
		case chars.IsLetter(r), chars.IsDigit(r):
			b.WriteRune(r)
		case r == ':' && digit(i-1) && digit(i+1):
			b.WriteString("x")
		case r == '.' && digit(i-1) && digit(i+1):
			b.WriteString("\x00") // kept through the splitting into words
		case r == '-' && digit(i+1) && (i == 0 || runes[i-1] == ' '):
			b.WriteString(" Minus ")
		case symbols[r] != "":
			b.WriteString(" " + symbols[r] + " ")
		case r > unicode.MaxASCII && !unicode.IsSpace(r) && chars.IsGraphic(r):
			b.WriteString(fmt.Sprintf(" U%04X ", r))
		default:
			b.WriteByte(' ')
		}
	}
	var name string
	for word := range strings.FieldsSeq(b.String()) {
		if len(name)+len(word) > maxValueName && name != "" {
			break
		}
		name = join(name, pascalWord(strings.ReplaceAll(word, "\x00", "_")))
	}
	if runes := []rune(name); len(runes) > maxValueName {
		name = string(runes[:maxValueName])
	}
	if name == "" {
		return "Other"
	}
	return name
}

// Singular names one of what a plural names, where English leaves no doubt.
func Singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4 && !strings.HasSuffix(name, "series") && !strings.HasSuffix(name, "movies"):
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "ss"), strings.HasSuffix(name, "us"), strings.HasSuffix(name, "is"), strings.HasSuffix(name, "series"):
		return name
	case strings.HasSuffix(name, "s") && len(name) > 2:
		return strings.TrimSuffix(name, "s")
	}
	return name
}
