//go:build !pkcs11 || !cgo

package hsm

func (t Token) open(string, []byte, []byte) ([]byte, error) { return nil, ErrNot }

func (t Token) close(string, []byte, []byte) ([]byte, error) { return nil, ErrNot }
