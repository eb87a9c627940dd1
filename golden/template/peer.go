// Reads [{"template": ...}] and writes what Go's text/template makes of each, with docker's functions:
//
//	go run golden/template/peer.go < golden/template/cases.json > new.json
//
// The result is cases.json with fresh answers; null stands for an error.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

type sub struct {
	A string
	N []int
}

type row struct {
	ID     string
	Names  []string
	Size   int
	Labels map[string]string
	Ok     bool
	Empty  []string
	Sub    sub
	Zero   int
	Blank  string
}

var functions = template.FuncMap{
	"json": func(value any) string {
		buffer := &bytes.Buffer{}
		encoder := json.NewEncoder(buffer)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			panic(err)
		}
		return strings.TrimSpace(buffer.String())
	},
	"split": strings.Split,
	"join":  strings.Join,
	"title": strings.Title,
	"lower": strings.ToLower,
	"upper": strings.ToUpper,
	"pad": func(text string, before, after int) string {
		if text == "" {
			return text
		}
		return strings.Repeat(" ", before) + text + strings.Repeat(" ", after)
	},
	"truncate": func(text string, most int) string {
		if len(text) < most {
			return text
		}
		return text[:most]
	},
}

func answer(text string, value row) *string {
	parsed, err := template.New("").Funcs(functions).Parse(text)
	if err != nil {
		return nil
	}
	buffer := &bytes.Buffer{}
	if err := parsed.Execute(buffer, value); err != nil {
		return nil
	}
	made := buffer.String()
	return &made
}

func main() {
	var cases []struct {
		Template string  `json:"template"`
		Text     *string `json:"text"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	value := row{
		ID:     "sha256:0123456789abcdef",
		Names:  []string{"a:1", "b:2"},
		Size:   1500,
		Labels: map[string]string{"k": "v", "x.y": "z"},
		Ok:     true,
		Empty:  []string{},
		Sub:    sub{"x", []int{1, 2, 3}},
	}
	for at := range cases {
		cases[at].Text = answer(cases[at].Template, value)
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(cases); err != nil {
		panic(err)
	}
}
