class HParams(object):
    def __init__(self, **kw):
        self.__dict__.update(kw)

    def override(self, **kw):
        new = dict(self.__dict__)
        new.update(kw)
        return HParams(**new)


BASE = HParams(vocab=30, units=16, src_len=7, tgt_len=5, sos=1, eos=2, dropout=0.2, lr=1e-3)
