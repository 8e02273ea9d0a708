package forms

import (
	"reflect"
	"slices"
)

// Sharing says whether an answer is a fact of the encounter, and so the same
// for everybody who was met in it. What is not marked is the person's own and
// never goes into another person's referral.
type Sharing string

// The ways to share.
const (
	SharedNever     Sharing = ""          // the person's own
	SharedEncounter Sharing = "encounter" // who refers, and where and when they met
	SharedOperation Sharing = "operation" // what was said of the whole: only from where it was typed for all
)

// parseSharing reads the tag of a question; one of a group or row has that of
// its parent unless it says no.
func parseSharing(tag string, parent *Field) Sharing {
	switch how := Sharing(tag); {
	case tag == "" && parent != nil:
		return parent.Shared
	case tag == "no":
		return SharedNever
	case how == SharedNever, how == SharedEncounter, how == SharedOperation:
		return how
	}
	panic("forms: nothing is shared as " + tag)
}

// shared returns the part of form that is asked once for several people: the
// sections with shared questions, and of them these alone. Decoding, drawing,
// writing and the schema walk it as they walk the whole form. It panics on a
// question whose condition is a person's own answer.
func (form *Form) shared() *Form {
	out := *form
	out.Sections = nil
	for _, s := range form.Sections {
		part := *s
		if part.Fields = onlyShared(s.Fields); len(part.Fields) > 0 {
			out.Sections = append(out.Sections, &part)
		}
		for _, f := range part.Fields {
			for _, t := range slices.Concat(s.When, f.When) {
				if cause := form.byPath[t.Name]; cause.Shared == SharedNever && !cause.Derived {
					panic("forms: " + f.ID + " is shared and depends on " + cause.ID + ", which is not")
				}
			}
		}
	}
	return &out
}

func onlyShared(list []*Field) []*Field {
	var out []*Field
	for _, f := range list {
		if f.Shared == SharedNever {
			continue
		}
		one := *f
		one.Fields = onlyShared(f.Fields)
		out = append(out, &one)
	}
	return out
}

// SharedOf returns a referral with the shared facts of r and nothing else.
func SharedOf(r *Referral) *Referral {
	out := &Referral{}
	Take(out, r, SharedOperation)
	return out
}

// Take gives to the facts of from that it has no answer to: those of the
// encounter, and with SharedOperation those of the operation too.
func Take(to, from *Referral, how Sharing) {
	a, b := reflect.ValueOf(to).Elem(), reflect.ValueOf(from).Elem()
	for _, f := range Facts.top() {
		if v := a.FieldByIndex(f.index); v.IsZero() && (f.Shared == SharedEncounter || how == SharedOperation) {
			v.Set(f.sharedIn(b.FieldByIndex(f.index)))
		}
	}
}

// Carry changes the shared facts of r that still say what before says to what
// after says, and returns how many it changed and how many others differ from
// after. What the referrer wrote for this person alone stays.
func Carry(r, before, after *Referral) (changed, differ int) {
	at, was, now := reflect.ValueOf(r).Elem(), reflect.ValueOf(before).Elem(), reflect.ValueOf(after).Elem()
	for _, f := range Facts.top() {
		v := at.FieldByIndex(f.index)
		has, old, next := f.sharedIn(v), f.sharedIn(was.FieldByIndex(f.index)), f.sharedIn(now.FieldByIndex(f.index))
		switch {
		case same(has, next):
		case same(has, old) && f.overlay(v, next):
			changed++
		default:
			differ++
		}
	}
	return changed, differ
}

// top are the questions of the form that stand in no other.
func (form *Form) top() []*Field {
	var out []*Field
	for _, s := range form.Sections {
		out = append(out, s.Fields...)
	}
	return out
}

// sharedIn returns a copy of v with the shared answers alone. f is a question
// of Facts.
func (f *Field) sharedIn(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch {
	case f.Kind == KindGroup:
		f.copyRow(out, v)
	case f.Kind == KindRepeat && v.Len() > 0:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			f.copyRow(out.Index(i), v.Index(i))
		}
	case v.Kind() != reflect.Slice || v.Len() > 0:
		out.Set(v)
		unshare(out)
	}
	return out
}

func (f *Field) copyRow(to, from reflect.Value) {
	for _, child := range f.Fields {
		to.FieldByIndex(child.index).Set(child.sharedIn(from.FieldByIndex(child.index)))
	}
}

func same(a, b reflect.Value) bool { return reflect.DeepEqual(a.Interface(), b.Interface()) }

// overlay writes the shared answers of next over v. A row goes on with what was
// said in it for this person; it is known again by its first question. When
// such a row would be lost, nothing is written.
func (f *Field) overlay(v, next reflect.Value) bool {
	if f.Kind != KindRepeat {
		f.write(v, next)
		return true
	}
	first := f.Fields[0].index
	rows, left := reflect.MakeSlice(v.Type(), next.Len(), next.Len()), map[int]bool{}
	for i := range v.Len() {
		left[i] = !same(v.Index(i), f.sharedIn(v).Index(i))
	}
	for i := range next.Len() {
		for j := range v.Len() {
			if left[j] && same(v.Index(j).FieldByIndex(first), next.Index(i).FieldByIndex(first)) {
				rows.Index(i).Set(v.Index(j))
				left[j] = false
				break
			}
		}
		f.write(rows.Index(i), next.Index(i))
	}
	for _, lost := range left {
		if lost {
			return false
		}
	}
	v.SetZero()
	if rows.Len() > 0 {
		v.Set(rows)
	}
	return true
}

// write sets the shared answers in v, a group, a row or an answer.
func (f *Field) write(v, next reflect.Value) {
	if f.Leaf() {
		v.Set(next)
		return
	}
	for _, child := range f.Fields {
		child.write(v.FieldByIndex(child.index), next.FieldByIndex(child.index))
	}
}
