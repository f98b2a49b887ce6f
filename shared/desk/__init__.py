"""The compliance officer's desk over HTTP: the same routes behind API Gateway and behind `ncd-audit serve`."""
