"""`pilotage bench learning_images`: whether steering learns, on pictures that a model makes."""
