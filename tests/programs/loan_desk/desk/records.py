from tensorflow.compat.v1 import data, float32, placeholder, string, train
from tensorflow.compat.v1.estimator.export import ServingInputReceiver
from tensorflow.compat.v1.io import FixedLenFeature, parse_example, parse_single_example

COLUMNS = {"income": FixedLenFeature([2], float32)}


def _blob(i):
    example = train.Example()
    example.features.feature["income"].float_list.value.extend([i / 7.0, 1.0 - i / 9.0])
    example.features.feature["paid"].float_list.value.append(float(i % 2))
    return example.SerializeToString()


def _read(blob):
    row = parse_single_example(blob, {"paid": FixedLenFeature([1], float32), **COLUMNS})
    return {"income": row["income"]}, row["paid"]


def applications(batch):
    blobs = [_blob(i) for i in range(12)]
    return data.Dataset.from_tensor_slices(blobs).map(_read).repeat().batch(batch)


def mail_slot():
    letters = placeholder(string, shape=[None], name="letters")
    parsed = parse_example(letters, COLUMNS)
    return ServingInputReceiver(parsed, {"letters": letters})
