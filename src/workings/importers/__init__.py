"""Networks from elsewhere: arrays, ONNX, torch modules; third-party modules are imported where they are used."""
