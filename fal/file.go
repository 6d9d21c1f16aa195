package fal

// File is a file stored by fal, such as a generated video. Anyone who knows its URL can read it.
type File struct {
	// URL is where the file can be downloaded.
	URL string `json:"url"`
	// ContentType is the file's MIME type.
	ContentType Opt[string] `json:"content_type,omitzero"`
	// FileName is the file's name, without a folder.
	FileName Opt[string] `json:"file_name,omitzero"`
	// FileSize is the file's size in bytes.
	FileSize Opt[int64] `json:"file_size,omitzero"`
	// FileData is the file's content, where an endpoint sends it inline.
	FileData Opt[string] `json:"file_data,omitzero"`
}

// Image is a [File] that holds an image.
type Image struct {
	// URL is where the image can be downloaded.
	URL string `json:"url"`
	// ContentType is the image's MIME type.
	ContentType Opt[string] `json:"content_type,omitzero"`
	// FileName is the image's file name, without a folder.
	FileName Opt[string] `json:"file_name,omitzero"`
	// FileSize is the image's size in bytes.
	FileSize Opt[int64] `json:"file_size,omitzero"`
	// FileData is the image's content, where an endpoint sends it inline.
	FileData Opt[string] `json:"file_data,omitzero"`
	// Width is in pixels.
	Width Opt[int64] `json:"width,omitzero"`
	// Height is in pixels.
	Height Opt[int64] `json:"height,omitzero"`
}

// Video is a [File] that holds a video.
type Video struct {
	// URL is where the video can be downloaded.
	URL string `json:"url"`
	// ContentType is the video's MIME type.
	ContentType Opt[string] `json:"content_type,omitzero"`
	// FileName is the video's file name, without a folder.
	FileName Opt[string] `json:"file_name,omitzero"`
	// FileSize is the video's size in bytes.
	FileSize Opt[int64] `json:"file_size,omitzero"`
	// FileData is the video's content, where an endpoint sends it inline.
	FileData Opt[string] `json:"file_data,omitzero"`
	// Width is in pixels.
	Width Opt[int64] `json:"width,omitzero"`
	// Height is in pixels.
	Height Opt[int64] `json:"height,omitzero"`
	// FPS is the number of frames per second.
	FPS Opt[float64] `json:"fps,omitzero"`
	// Duration is in seconds.
	Duration Opt[float64] `json:"duration,omitzero"`
	// NumFrames is the number of frames in the whole video.
	NumFrames Opt[int64] `json:"num_frames,omitzero"`
}

// Audio is a [File] that holds sound.
type Audio struct {
	// URL is where the audio can be downloaded.
	URL string `json:"url"`
	// ContentType is the audio's MIME type.
	ContentType Opt[string] `json:"content_type,omitzero"`
	// FileName is the audio's file name, without a folder.
	FileName Opt[string] `json:"file_name,omitzero"`
	// FileSize is the audio's size in bytes.
	FileSize Opt[int64] `json:"file_size,omitzero"`
	// FileData is the audio's content, where an endpoint sends it inline.
	FileData Opt[string] `json:"file_data,omitzero"`
	// Duration is in seconds.
	Duration Opt[float64] `json:"duration,omitzero"`
	// SampleRate is in hertz.
	SampleRate Opt[int64] `json:"sample_rate,omitzero"`
	// Channels is the number of channels: 1 is mono, 2 is stereo.
	Channels Opt[int64] `json:"channels,omitzero"`
	// Bitrate is as the endpoint words it, such as "192k".
	Bitrate Opt[string] `json:"bitrate,omitzero"`
}

// ImageSize is the size of an image to generate, in pixels.
type ImageSize struct {
	// Width is in pixels: above 0, at most 14142. Default: 512.
	Width Opt[int64] `json:"width,omitzero"`
	// Height is in pixels: above 0, at most 14142. Default: 512.
	Height Opt[int64] `json:"height,omitzero"`
}
