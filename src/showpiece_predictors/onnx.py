"""ONNX sessions for a small machine: one thread each, no arena; several worker threads share a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnxruntime as ort

if TYPE_CHECKING:
    from pathlib import Path


def session(model: Path | bytes) -> ort.InferenceSession:
    """Load a model for the CPU.

    One thread: the worker runs several images at once, which uses all cores without a pool's spinning and switching.
    No arena and no memory pattern: both keep the largest image's memory for ever, and measured no faster here.
    """
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    source = model if isinstance(model, bytes) else str(model)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
