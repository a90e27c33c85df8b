"""Does each rule find what it should, and nothing else? Programs with measured truth, scored."""
