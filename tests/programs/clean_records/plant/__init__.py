from .model import PlantEstimator
