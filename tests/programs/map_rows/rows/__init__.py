from . import model, source
