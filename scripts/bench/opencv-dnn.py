"""CPU milliseconds per frame of an ONNX file in OpenCV's dnn, on one thread.

opencv-dnn.py <model> <width> <height> <runs> prints those of the fastest run as JSON.
"""
import json
import sys
import time

import cv2
import numpy

model, width, height, runs = sys.argv[1], *map(int, sys.argv[2:5])
cv2.setNumThreads(1)
net = cv2.dnn.readNetFromONNX(model)
picture = numpy.random.default_rng(1).random((1, 1, height, width), dtype=numpy.float32)
best = float("inf")
for _ in range(runs + 1):
    begun = time.process_time()
    net.setInput(picture)
    larger = net.forward()
    best = min(best, time.process_time() - begun)
print(json.dumps({"ms": best * 1000, "version": cv2.__version__, "shape": larger.shape}))
