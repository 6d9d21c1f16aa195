package diff

// effect is what a kind of change does, apart from what it does to Go: on the side of the input, and of the output.
type effect struct {
	in, out         Level
	inText, outText string // empty where there is nothing to say
}

// effects has each kind. It is the table of the package comment.
var effects = map[Kind]effect{
	EndpointAdded:   {Doc, Doc, "It gets a package of its own.", "It gets a package of its own."},
	EndpointRemoved: {Go, Go, "Its package goes when packages are generated again.", ""},
	PackageMoved:    {Go, Go, "Imports of the old path no longer resolve.", ""},
	AboutChanged:    {Doc, Doc, "", ""},

	EndpointDeprecated: {Doc, Doc, "It still answers, until it goes.", ""},

	FieldAdded:         {Doc, Doc, "Requests may have it.", "Answers may have it."},
	RequiredFieldAdded: {Wire, Wire, "Requests without it are refused.", ""},
	FieldRemoved: {
		Behaviour, Behaviour,
		"What requests say with it is ignored or refused.",
		"Answers are no longer said to have it.",
	},
	BecameRequired: {Wire, Doc, "Requests without it are refused.", "It is always there."},
	BecameOptional: {Doc, Behaviour, "Requests may leave it out.", "Answers may lack it."},
	TypeChanged: {
		Wire, Behaviour, "Requests with a value of the old type may be refused.", "Answers may have something else here.",
	},
	TypeWidened: {Doc, Doc, "All that was accepted is accepted still.", ""},
	NullAdded:   {Doc, Behaviour, "Requests may have null here.", "Answers may have null here."},
	NullRemoved: {Wire, Doc, "Requests with null here are refused.", "It is never null."},

	DefaultAdded:   {Behaviour, Doc, "Whoever leaves it out gets this now.", ""},
	DefaultChanged: {Behaviour, Doc, "Whoever leaves it out gets something else now.", ""},
	DefaultRemoved: {Behaviour, Doc, "What whoever leaves it out gets, the document no longer says.", ""},

	ValueAdded:   {Doc, Doc, "Requests may have it.", "Answers may have it."},
	ValueRemoved: {Wire, Doc, "Requests with it are refused.", "Answers are no longer said to have it."},
	EnumOpened:   {Doc, Doc, "Requests may have any other text, too.", "Answers may have any other text, too."},
	EnumClosed:   {Wire, Doc, "Requests with any other text are refused.", ""},

	AlternativeAdded:   {Doc, Doc, "Requests may have it.", "Answers may have it."},
	AlternativeRemoved: {Wire, Doc, "Requests with it are refused.", "Answers are no longer said to have it."},

	DiscriminatorChanged: {
		Wire, Behaviour, "Requests that tell the alternative by the old value may be refused.",
		"Answers may tell the alternative by something else.",
	},

	LimitTightened: {Wire, Doc, "Requests beyond it are refused.", ""},
	LimitLoosened:  {Behaviour, Doc, "More is accepted than before.", ""},
	LimitChanged:   {Wire, Doc, "Some requests that were accepted are refused.", ""},

	ServerRuleAdded:   {Wire, Doc, "Requests that break it are refused, and Validate does not tell.", ""},
	ServerRuleRemoved: {Behaviour, Doc, "More is accepted than before.", ""},
	ServerRuleChanged: {Wire, Doc, "Some requests that were accepted are refused, and Validate does not tell.", ""},

	OperationAdded:         {Doc, Doc, "It may be requested.", ""},
	OperationRemoved:       {Wire, Wire, "Requests for it are refused.", ""},
	ServerChanged:          {Wire, Wire, "Requests to the old one may be refused.", ""},
	ParameterAdded:         {Doc, Doc, "Requests may have it.", ""},
	RequiredParameterAdded: {Wire, Wire, "Requests without it are refused.", ""},
	ParameterRemoved:       {Behaviour, Behaviour, "What requests say with it is ignored or refused.", ""},
	ParameterChanged:       {Wire, Wire, "Requests with a value of the old kind may be refused.", ""},

	GoChanged:          {Doc, Doc, "", ""},
	DeprecationChanged: {Doc, Doc, "", ""},
	DescriptionChanged: {Doc, Doc, "", ""},
	ExamplesChanged:    {Doc, Doc, "", ""},
	HintsChanged:       {Doc, Doc, "", ""},
	OrderChanged:       {Doc, Doc, "", ""},
}

// of returns the effects of a kind of change on one side.
func (k Kind) of(in bool) []Effect {
	e := effects[k]
	level, text := e.out, e.outText
	if in {
		level, text = e.in, e.inText
	}
	if text == "" && level == Doc {
		return []Effect{}
	}
	return []Effect{{level, text}}
}
