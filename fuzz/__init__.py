"""What reads bytes of strangers, fed by a fuzzer that watches which lines they reach: `make fuzz`."""
