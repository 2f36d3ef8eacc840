# Aliases for those whose fingers type make; ./run does the work.
.PHONY: up test bench lint lock
up test bench lint lock:
	@./run $@
