package engine

import (
	_ "github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/service"
	_ "google.golang.org/grpc"
)
