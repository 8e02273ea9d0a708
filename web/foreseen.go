package web

// Foreseen is what an act would have written, if it were done as it is filled in.
type Foreseen struct {
	Lead     string
	Letters  []StateLetter // Title, To and Blocks
	Handover []Row
}
