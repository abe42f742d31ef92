"""Networks from elsewhere: arrays in JSON, ONNX, torch modules.  Third-party modules are imported inside the functions."""
