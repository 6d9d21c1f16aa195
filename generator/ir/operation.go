package ir

// An Operation is a request that a document describes: what it takes besides the input, and where it goes.
type Operation struct {
	Name       string       // its method and path, such as "GET /fal-ai/x/requests/{}": what is variable has no name
	Servers    string       // their URLs
	Parameters []*Parameter // by place and name, without those of the path
	Deprecated bool         // it is to go, and not the endpoint as a whole
	Sunset     string       // the day on which it goes, as that of an [Endpoint]
}

// A Parameter is what an operation takes besides a body.
type Parameter struct {
	In       string // header, query or cookie
	Name     string // of a header in lower case
	Required bool
	Schema   string // as JSON in one normal form, without what binds nobody
}
