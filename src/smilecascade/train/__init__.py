"""Training: samples, augmentation, mining, the loop, and what is published of it."""
